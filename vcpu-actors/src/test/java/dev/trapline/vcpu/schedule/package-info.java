@NullMarked
package dev.trapline.vcpu.schedule;

import org.jspecify.annotations.NullMarked;
