@NullMarked
package dev.trapline.vcpu.memory;

import org.jspecify.annotations.NullMarked;
