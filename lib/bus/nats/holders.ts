/** Whether processes that were handed messages still run. */
export interface Holders {
  /** True where the process is gone for good, so that what it was handed may be queued again. */
  isGone(instance: string, isShared: boolean): Promise<boolean>;
}
