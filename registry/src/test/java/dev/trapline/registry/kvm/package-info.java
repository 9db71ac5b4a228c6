/** Tests of what is in guest memory when a machine starts. */
@NullMarked
package dev.trapline.registry.kvm;

import org.jspecify.annotations.NullMarked;
