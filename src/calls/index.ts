// Floor 1: pure readers of calls. The one door through which connectors, intake and the command line use them.
export type { CastOptions } from './cast.ts';
export { callerNumber } from './channel.ts';
export { Frame, FrameReader, FrameTooLong, frameLimit } from './frame.ts';
export { readCalls } from './read-call.ts';
export { Recording, type RecordingOptions } from './recording.ts';
export { readRinging } from './ringing.ts';
export { CallTracker, type Conversation } from './track.ts';
