import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from "@tanstack/virtual-core";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";

export interface VirtualListProps<T> {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string | number;
  /** Pixels of a row until it was measured. */
  readonly rowPixels: number;
  /** `isTabStop`: of the rows' buttons, this one's is reached with the Tab key; arrows lead to the others. */
  readonly render: (item: T, isTabStop: boolean) => ComponentChildren;
  readonly label: string;
  /** What is shown behind the last row. */
  readonly footer?: ComponentChildren;
  /** The row that was chosen. */
  readonly activeIndex?: number;
  /** It begins at its end, and stays there while somebody looks at that. */
  readonly sticksToEnd?: boolean;
  /** Something of the last rows came into view. */
  readonly onEnd?: () => void;
  /** Attributes of what scrolls: its role, keys. */
  readonly frame?: Record<string, unknown>;
}

/** The button of a row that takes the focus. */
const pick = ".pick";

/** Pixels from the end within which somebody looks at the end. */
const endPixels = 80;

/** A list of which only the rows in view exist, however many there are. */
export function VirtualList<T>(props: VirtualListProps<T>) {
  const { items, render, label, footer, sticksToEnd, onEnd, frame } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer(props, scroller);
  const rows = virtualizer.getVirtualItems();
  const total = virtualizer.getTotalSize();
  const wasAtEnd = useRef(true);
  const last = rows.at(-1)?.index;
  const active = props.activeIndex ?? -1;
  const [focused, setFocused] = useState(-1);
  const wished = focused >= 0 ? focused : active;
  const tabStop = rows.some(({ index }) => index === wished) ? wished : rows[0]?.index;
  const move = (event: KeyboardEvent) => {
    const next = nextIndex(event, items.length);
    if (next === undefined) return;
    event.preventDefault();
    virtualizer.scrollToIndex(next);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] ${pick}`)?.focus()
    );
  };
  useLayoutEffect(() => {
    const element = scroller.current;
    if (sticksToEnd && wasAtEnd.current && element) element.scrollTop = element.scrollHeight;
  }, [items.length, total, sticksToEnd]);
  useLayoutEffect(() => {
    if (active >= 0) virtualizer.scrollToIndex(active);
  }, [active]);
  useLayoutEffect(() => {
    if (last === undefined || last >= items.length - 1) onEnd?.();
  }, [last, items.length]);
  const noteEnd = ({ currentTarget }: { readonly currentTarget: HTMLDivElement }) => {
    const { scrollHeight, scrollTop, clientHeight } = currentTarget;
    wasAtEnd.current = scrollHeight - scrollTop - clientHeight < endPixels;
  };
  return (
    <div
      class="scroller"
      ref={scroller}
      onScroll={noteEnd}
      onKeyDown={move}
      onFocusIn={({ target }) => setFocused(indexOf(target) ?? -1)}
      {...frame}
    >
      <div class="rows" role="list" aria-label={label} style={{ height: `${total}px` }}>
        {rows.map(({ index, key, start }) => (
          <div
            key={key}
            class="row"
            role="listitem"
            data-index={index}
            ref={virtualizer.measureElement}
            style={{ transform: `translateY(${start}px)` }}
          >
            {render(items[index]!, index === tabStop)}
          </div>
        ))}
      </div>
      {footer}
    </div>
  );
}

/** Where a key leads that was pressed on the button of a row. */
function nextIndex({ key, target }: KeyboardEvent, count: number): number | undefined {
  if (!(target instanceof Element) || !target.matches(pick)) return undefined;
  const index = indexOf(target);
  if (index === undefined) return undefined;
  const places = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: count - 1 };
  const place = Object.hasOwn(places, key) ? places[key as keyof typeof places] : undefined;
  return place === undefined ? undefined : Math.min(Math.max(place, 0), count - 1);
}

/** In which row something is. */
function indexOf(target: EventTarget | null): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-index]") : null;
  return row === null ? undefined : Number(row.dataset["index"]);
}

function useVirtualizer<T>(
  { items, keyOf, rowPixels }: VirtualListProps<T>,
  scroller: { readonly current: HTMLDivElement | null },
): Virtualizer<HTMLDivElement, HTMLDivElement> {
  const [, showAnew] = useReducer((times: number) => times + 1, 0);
  const options = {
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPixels,
    getItemKey: (index: number) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
    overscan: 6,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => showAnew(undefined as never),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}
