@NullMarked
package dev.trapline.vcpu.trace;

import org.jspecify.annotations.NullMarked;
