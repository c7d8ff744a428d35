/** Kinds of access that deserve a look: without a signature, with an old one, without encryption, by an ACL. */

/** The condition is on rows of `requests`; the bit is the kind's in `access` of the principals' rollup. */
export const ACCESS_KINDS = {
  anonymous: {
    title: 'Anonymous requests',
    bit: 1,
    condition:
      "requester = '' and remote_ip != '' and not startsWith(operation, 'BATCH.') and not startsWith(operation, 'S3.')",
  },
  presigned: { title: 'Presigned URLs', bit: 2, condition: "authentication_type = 'QueryString'" },
  sigv2: { title: 'Signature version 2', bit: 4, condition: "signature_version = 'SigV2'" },
  old_tls: {
    title: 'TLS before 1.2',
    bit: 8,
    condition: "lower(tls_version) in ('tlsv1', 'tlsv1.0', 'tlsv1.1')",
  },
  no_tls: {
    title: 'Without TLS',
    bit: 16,
    condition: "tls_version = '' and cipher_suite = '' and host_header != '' and remote_ip != ''",
  },
  acl_required: { title: 'Allowed by an ACL only', bit: 32, condition: "lower(acl_required) = 'yes'" },
} as const satisfies Record<string, { title: string; bit: number; condition: string }>;

export type AccessKind = keyof typeof ACCESS_KINDS;

/** The kinds of a row of `requests` as the sum of their bits, as `access` of the principals' rollup has them. */
export const ACCESS_BITS = Object.values(ACCESS_KINDS)
  .map(({ bit, condition }) => `${bit} * (${condition})`)
  .join(' + ');
