/** Ms that each request takes at least; `get` is for objects, listings are `other`. */
export interface Delays {
  readonly put: number;
  readonly get: number;
  readonly other: number;
}

export interface RequestCounts {
  put: number;
  get: number;
  other: number;
}

export type ProxyCommand = { readonly delays: Delays } | { readonly report: true };
