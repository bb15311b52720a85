/**
 * Which of the two formats of metrics an answer is to have: OpenMetrics, or Prometheus's older text. By what the
 * scraper accepts and how much it would like it (RFC 9110, 12.5.1); whoever says nothing gets the older. Pure.
 */
import { Registry, type RegistryContentType } from '@prometheus-io/client';

const OPENMETRICS = 'application/openmetrics-text';
/** The only version of OpenMetrics that is spoken here. */
const OPENMETRICS_VERSION = '1.0.0';

interface Accepted {
  readonly type: string;
  readonly version: string | undefined;
  /** How much it is liked, from 0, not at all, to 1. */
  readonly weight: number;
}

/** @param accept the request's header, or undefined without one. */
export function metricsFormat(accept = ''): RegistryContentType {
  const accepted = accept.split(',').map(readAccepted);
  const weightOf = (fits: (each: Accepted) => boolean): number =>
    Math.max(0, ...accepted.filter(fits).map(({ weight }) => weight));
  const open = weightOf(
    ({ type, version }) => type === OPENMETRICS && (version ?? OPENMETRICS_VERSION) === OPENMETRICS_VERSION,
  );
  const text = weightOf(({ type }) => type.startsWith('text/'));
  return open > 0 && open >= text ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE;
}

function readAccepted(entry: string): Accepted {
  const [type = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
  const parameterOf = (name: string): string | undefined =>
    parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1);
  const weight = Number(parameterOf('q') ?? 1);
  return { type, version: parameterOf('version'), weight: weight > 0 ? weight : 0 };
}
