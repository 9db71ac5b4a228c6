@NullMarked
package dev.trapline.machine.choice;

import org.jspecify.annotations.NullMarked;
