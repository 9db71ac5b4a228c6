/** Tests of what is in guest memory when a machine starts. */
@NullMarked
package dev.trapline.vcpu.boot;

import org.jspecify.annotations.NullMarked;
