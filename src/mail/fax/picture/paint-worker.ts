import { answerRequests } from '../../reading/threads.ts';
import { paintPage } from './paint-page.ts';

// One thread of `openPagePainter`. A document comes in, the picture of one page goes out.
answerRequests(paintPage);
