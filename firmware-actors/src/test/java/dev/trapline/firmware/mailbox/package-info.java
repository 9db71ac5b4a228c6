@NullMarked
package dev.trapline.firmware.mailbox;

import org.jspecify.annotations.NullMarked;
