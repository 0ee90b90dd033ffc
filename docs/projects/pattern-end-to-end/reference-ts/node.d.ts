// The few parts of Node that the service uses. In your project, use @types/node.
declare const process: { env: Record<string, string | undefined> };

declare module "node:http" {
  interface Request extends AsyncIterable<Uint8Array> {
    method: string;
    url: string;
    headers: Record<string, string | undefined>;
  }
  interface Response {
    writeHead(status: number, headers: Record<string, string>): void;
    end(text?: string): void;
  }
  interface Server {
    listen(port: number, host: string): void;
  }
  function createServer(answer: (request: Request, response: Response) => void): Server;
}

declare module "node:crypto" {
  interface Hash {
    update(text: string): Hash;
    digest(encoding: "hex"): string;
  }
  function createHash(algorithm: string): Hash;
  function randomUUID(): string;
}

declare module "node:fs" {
  function mkdirSync(path: string, options: { recursive: true }): void;
  function readdirSync(path: string): string[];
  function readFileSync(path: string, encoding: "utf8"): string;
  function renameSync(from: string, to: string): void;
  function rmSync(path: string, options: { force: true }): void;
  function openSync(path: string, flags: "w"): number;
  function writeSync(file: number, text: string): number;
  function fsyncSync(file: number): void;
  function closeSync(file: number): void;
}

declare module "node:path" {
  function join(...parts: string[]): string;
}
