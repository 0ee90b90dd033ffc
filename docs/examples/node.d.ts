// The few parts of Node that the examples use. In your project, use @types/node.
declare const process: { env: Record<string, string | undefined> };

declare module "node:http" {
  interface Request {
    url: string;
  }
  interface Response {
    destroyed: boolean;
    writeHead(status: number, headers: Record<string, string>): void;
    write(text: string): void;
    end(text?: string): void;
    on(event: "close", then: () => void): void;
  }
  interface Server {
    listen(port: number, host: string, then: () => void): void;
    address(): { port: number };
    close(): void;
    closeAllConnections(): void;
  }
  function createServer(answer: (request: Request, response: Response) => void): Server;
}
