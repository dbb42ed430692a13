import { Composer } from "./composer.tsx";
import { Modal } from "./modal.tsx";
import type { Draft, PageStore } from "./page_store.ts";

/** Where a new message is written. */
export function LetterDialog(
  { store, draft }: { readonly store: PageStore; readonly draft: Draft },
) {
  const close = () => store.change({ draft: undefined });
  return (
    <Modal title="New message" close={close}>
      <Composer store={store} to={draft.to} onSent={close} />
    </Modal>
  );
}
