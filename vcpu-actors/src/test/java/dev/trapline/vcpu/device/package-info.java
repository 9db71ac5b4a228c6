@NullMarked
package dev.trapline.vcpu.device;

import org.jspecify.annotations.NullMarked;
