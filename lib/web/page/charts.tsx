const width = 300;
const height = 56;

interface ChartProps {
  readonly values: readonly number[];
  /** What it shows, in words. */
  readonly label: string;
}

/** A bar for each value, from left to right; the last one stands out. */
export function Bars({ values, label }: ChartProps) {
  const most = Math.max(1, ...values);
  const step = width / values.length;
  return (
    <svg class="chart" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img">
      <title>{label}</title>
      {values.map((value, index) => {
        const tall = value === 0 ? 1 : Math.max(3, (value / most) * (height - 2));
        return (
          <rect
            key={index}
            data-none={value === 0 ? "" : undefined}
            x={index * step + step * 0.15}
            y={height - tall}
            width={step * 0.7}
            height={tall}
            rx={1}
          />
        );
      })}
    </svg>
  );
}

/**
 * A dot for each time, the newest at the right, on a scale of powers of ten: they differ by thousands.
 * Dots are strokes without length, so that they stay round however wide the chart is.
 */
export function Dots({ values, label }: ChartProps) {
  const high = Math.log10(Math.max(1_000, ...values));
  const step = width / Math.max(values.length, 24);
  const first = width - values.length * step;
  const place = (value: number, index: number) => {
    const share = Math.log10(Math.max(1, value)) / high;
    return `M${first + (index + 0.5) * step} ${height - 6 - share * (height - 12)}h0`;
  };
  return (
    <svg class="chart" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img">
      <title>{label}</title>
      <path class="ground" d={`M0 ${height - 0.5}H${width}`} />
      <path class="dots" d={values.map(place).join("")} />
    </svg>
  );
}
