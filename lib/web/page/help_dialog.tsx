import { stateMeanings } from "./deliveries.tsx";
import { Modal } from "./modal.tsx";
import type { PageStore } from "./page_store.ts";
import { keys } from "./shortcuts.ts";

/** What the keys do and what the words mean. */
export function HelpDialog({ store }: { readonly store: PageStore }) {
  return (
    <Modal title="Keys and words" close={() => store.change({ isHelpOpen: false })}>
      <div class="help">
        <dl>
          {Object.entries(keys).map(([key, [words]]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{words}</dd>
            </div>
          ))}
          <div>
            <dt>
              <kbd>Esc</kbd>
            </dt>
            <dd>close the conversation</dd>
          </div>
        </dl>
        <dl>
          {Object.entries(stateMeanings).map(([state, words]) => (
            <div key={state}>
              <dt>{state}</dt>
              <dd>{words}</dd>
            </div>
          ))}
          <div>
            <dt>paused</dt>
            <dd>what is sent there stays on disk until you resume the delivery</dd>
          </div>
          <div>
            <dt>stopped</dt>
            <dd>agents cannot answer in this conversation until you write or resume it</dd>
          </div>
        </dl>
        <label class="check">
          <input
            type="checkbox"
            checked={store.ui.hasShortcuts}
            onChange={({ currentTarget }) => store.allowShortcuts(currentTarget.checked)}
          />
          Heed these keys
        </label>
      </div>
    </Modal>
  );
}
