@NullMarked
package dev.trapline.machine.schedule;

import org.jspecify.annotations.NullMarked;
