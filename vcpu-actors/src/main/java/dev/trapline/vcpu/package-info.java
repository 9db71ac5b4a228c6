/** Machines as systems of actors: the vCPU actor, the machine actor, and Machine, the API that embeds them. */
@NullMarked
package dev.trapline.vcpu;

import org.jspecify.annotations.NullMarked;
