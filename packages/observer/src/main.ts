/** The entry point of the observer: the only file of the package that touches the process. */
import { runMember } from '@fleetfall/member/run-member.ts';
import type { ObserverBoot } from '@fleetfall/protocol/boot.ts';
import { startObserver } from './observer.ts';

process.exit(await runMember<ObserverBoot>(process, 'observer', startObserver));
