// The few parts of Node that the labs use. In your project, use @types/node.
declare const process: { env: Record<string, string | undefined> };

declare module "node:http" {
  interface Request extends AsyncIterable<Uint8Array> {
    method: string;
    url: string;
  }
  interface Response {
    headersSent: boolean;
    destroyed: boolean;
    writableFinished: boolean;
    writeHead(status: number, headers: Record<string, string>): void;
    write(text: string): boolean;
    end(text?: string): void;
    destroy(): void;
    on(event: "close" | "error", then: () => void): void;
    once(event: "close" | "drain", then: () => void): void;
  }
  interface Server {
    listen(port: number, host: string): void;
  }
  function createServer(answer: (request: Request, response: Response) => void): Server;
}
