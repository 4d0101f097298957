import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a folder of `path` has an executable of that name. */
export function isOnPath(name: string, path: string): boolean {
  return path.split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, name)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
