@NullMarked
package dev.trapline.vcpu;

import org.jspecify.annotations.NullMarked;
