/** KVM's pseudo firmware registers, as another way to say a policy. */
@NullMarked
package dev.trapline.registry.kvm;

import org.jspecify.annotations.NullMarked;
