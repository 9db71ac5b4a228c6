/** Tests of the pseudo firmware registers. */
@NullMarked
package dev.trapline.registry.kvm;

import org.jspecify.annotations.NullMarked;
