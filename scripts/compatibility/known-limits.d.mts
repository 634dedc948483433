export const limits: readonly { readonly what: string; readonly error: string; readonly instead: string }[];
