/** What is said on a channel. */
export interface Notice {
  readonly channel: string
  readonly text: string
}

/** Who is told what an engine hears, and when it hears nothing any more. */
export interface NoticeReceiver {
  heard(notice: Notice): void
  /** The connection that was there is gone. */
  lost(): void
}

/** What carries notices from replica to replica: one connection that listens. `openNoticeBoard` connects it again whenever it is gone. */
export interface NoticeEngine {
  /** Resolves when it listens on all of these channels. @throws When that did not succeed; it may be tried again. */
  connect(channels: readonly string[], receiver: NoticeReceiver): Promise<void>
  /** Listens on one more. @throws When nobody knows whether it does; the connection is given up then. */
  listen(channel: string): Promise<void>
  unlisten(channel: string): Promise<void>
  /** @throws When it could not be sent, or nobody knows. */
  send(notice: Notice): Promise<void>
  /** Gives up a connection on which nothing is heard. The receiver is told that it is lost. */
  drop(): void
  close(): Promise<void>
}
