import { asteriskAmi } from '../../../connectors/asterisk-ami/connector.ts';
import { messagesOf, retold } from '../ami-sessions.ts';
import { secret, startScriptedAmi, username } from '../scripted-ami.ts';
import type { SessionRig } from './rig.ts';
import { untyped } from './untyped.ts';

export const asteriskAmiRig: SessionRig = {
  shape: 'session',
  async start() {
    const call = messagesOf('inbound-answered');
    const silentOn: string[] = [];
    const exchange = await startScriptedAmi({ silentOn });
    const options = { host: '127.0.0.1', port: exchange.port, username, secret };
    return {
      connector: untyped(asteriskAmi),
      options,
      wrongPassword: { ...options, secret: 'letmein' },
      tell: (n) => exchange.say(retold(call, n)),
      cut: () => exchange.cut(),
      fallSilent: () => void silentOn.push('Challenge', 'Login'),
      flood() {
        const calls = 700;
        for (let n = 1; n <= calls; n++) exchange.say(retold(call, 1000 + n));
        return calls;
      },
      holdsBack: () => exchange.unsentBytes() > 0,
      stop: () => exchange.stop(),
    };
  },
};
