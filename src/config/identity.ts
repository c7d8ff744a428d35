/** Who we are to AWS, in every section that asks it. */
import { z } from 'zod';

export const identity = {
  profile: z.string().optional().describe('Profile of the AWS configuration files.'),
  role_arn: z.string().optional().describe('Role to assume.'),
  access_key_id: z
    .string()
    .optional()
    .describe('Key id, when the usual AWS chain does not apply; ${ENV} or file:.'),
  secret_access_key: z.string().optional().describe('Secret of the key; ${ENV} or file: only.'),
};
