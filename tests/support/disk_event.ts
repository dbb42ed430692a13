/** What a process asked of the disk, or said, in the order in which it did. */
export type DiskEvent =
  | { readonly kind: "create"; readonly path: string }
  | {
    readonly kind: "write";
    readonly path: string;
    readonly at: number;
    readonly bytes: Uint8Array<ArrayBuffer>;
  }
  | { readonly kind: "truncate"; readonly path: string; readonly length: number }
  /** A file's content, or a directory's entries, are on the disk when this returns. */
  | { readonly kind: "flush"; readonly path: string }
  | { readonly kind: "unlink"; readonly path: string }
  /** A line on stdout. */
  | { readonly kind: "said"; readonly text: string };
