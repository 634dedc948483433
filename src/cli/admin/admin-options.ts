/** Options of every command. */
export interface AdminOptions {
  readonly server: string;
  readonly token?: string;
  readonly tls?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly json?: boolean;
}
