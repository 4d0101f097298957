/** Whether a stack is one of the environment's: its own, or one of its shards. */
export function belongsTo(stack: string, environment: string): boolean {
  return stack === environment || (stack.startsWith(`${environment}-tenants-`) && /-tenants-\d\d+$/.test(stack));
}
