/** Machines as actors: the vCPU actor, the machine actor, and Machine, the API for other Java programs. */
@NullMarked
package dev.trapline.vcpu;

import org.jspecify.annotations.NullMarked;
