const paths = {
  pen: "M4 20l1-4L16.5 4.5a2 2 0 0 1 3 3L8 19z",
  pause: "M8 5v14M16 5v14",
  play: "M7 4.5v15l12-7.5z",
  stop: "M6 6h12v12H6z",
  back: "M14 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  theme: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z",
  help: "M9 9a3 3 0 1 1 4 2.8c-.8.3-1 1-1 1.7M12 17h.01M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z",
  reply: "M9 7L4 12l5 5M4 12h9a7 7 0 0 1 7 7",
  reload: "M20 12a8 8 0 1 1-2.3-5.6M20 4v4h-4",
} as const;

/** A small drawing beside or instead of words; who cannot see it misses nothing. */
export function Icon({ name }: { readonly name: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
