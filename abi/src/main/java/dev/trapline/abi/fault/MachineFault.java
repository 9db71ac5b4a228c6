package dev.trapline.abi.fault;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What goes wrong with the machine itself, between two slices. A closed set. Each time, it is one [Injection] for each
/// vCPU that it is for, or one; the machine records that.
public sealed interface MachineFault extends Fault {

    /// The vCPUs that a fault is for.
    ///
    /// @param all every one of the machine
    /// @param vcpus these; none of them and not `all`: the caller of the call, or, at a moment, one that is drawn
    record Targets(boolean all, Set<VcpuId> vcpus) {

        /// The caller; at a moment, one that is drawn.
        public static final Targets USUAL = new Targets(false, Collections.emptySortedSet());

        /// Every one.
        public static final Targets ALL = new Targets(true, Collections.emptySortedSet());

        public Targets {
            vcpus = Collections.unmodifiableSet(new TreeSet<>(vcpus));
        }

        /// These.
        public static Targets of(VcpuId... vcpus) {
            return new Targets(false, new TreeSet<>(List.of(vcpus)));
        }
    }

    /// Bits of one byte of RAM change.
    ///
    /// @param first the first address that it may be, physical
    /// @param last the last one
    /// @param bits one bit for each that changes, 1 to 255; 0 for one that is drawn
    record FlippedMemory(long first, long last, int bits) implements MachineFault {
        /// @throws IllegalArgumentException if there is no such byte or bit
        public FlippedMemory {
            if (first < 0 || last < first || bits < 0 || bits > Injection.MemoryFlip.MAX_BITS) {
                throw new IllegalArgumentException("bits 0x" + Integer.toHexString(bits) + " of a byte of 0x"
                        + Long.toHexString(first) + " to 0x" + Long.toHexString(last));
            }
        }
    }

    /// Bits of a general register change.
    ///
    /// @param register 0 to 30; [#ANY_REGISTER] for one that is drawn
    /// @param bits one bit for each that changes; 0 for one that is drawn
    record FlippedRegister(Targets targets, int register, long bits) implements MachineFault {
        /// Any of those that the vCPU has.
        public static final int ANY_REGISTER = -1;

        /// @throws IllegalArgumentException if there is no such register
        public FlippedRegister {
            if (register < ANY_REGISTER || register > Injection.RegisterFlip.LAST) {
                throw new IllegalArgumentException("there is no register x" + register);
            }
        }
    }

    /// A vCPU executes nothing for a while: see [Injection.Hold].
    ///
    /// @param ticks 1 or more; [CallFault#FOREVER] until the machine is reset
    record Held(Targets targets, long ticks) implements MachineFault {
        /// @throws IllegalArgumentException if there is no such time
        public Held {
            if ((ticks < 1 || ticks > MachineSpec.LAST_DEADLINE) && ticks != CallFault.FOREVER) {
                throw new IllegalArgumentException("a vCPU is held for " + ticks + " ticks");
            }
        }
    }

    /// An interrupt that no device raised.
    ///
    /// @param intid see [Injection.Interrupt]
    record SpuriousInterrupt(Targets targets, int intid) implements MachineFault {
        /// @throws IllegalArgumentException if there is no such interrupt
        public SpuriousInterrupt {
            requireIntid(intid);
        }
    }

    /// A wait ends without a reason.
    record SpuriousWakeUp(Targets targets) implements MachineFault {}

    /// An interrupt that is pending is lost: see [Injection.LostInterrupt].
    record DroppedInterrupt(Targets targets, int intid) implements MachineFault {
        /// @throws IllegalArgumentException if there is no such interrupt
        public DroppedInterrupt {
            requireIntid(intid);
        }
    }

    /// An event of firmware that nobody signalled.
    ///
    /// @param number see [Injection.Event]
    record SpuriousEvent(Targets targets, long number) implements MachineFault {
        /// @throws IllegalArgumentException if there is no such event
        public SpuriousEvent {
            if (number < 0) {
                throw new IllegalArgumentException("an event's number is 0 or more, not " + number);
            }
        }
    }

    /// An SError.
    ///
    /// @param syndrome see [Injection.SError]
    record RaisedError(Targets targets, int syndrome) implements MachineFault {
        /// @throws IllegalArgumentException if there is no such syndrome
        public RaisedError {
            if (syndrome < 0 || syndrome > Injection.SError.MAX_SYNDROME) {
                throw new IllegalArgumentException("the syndrome of an SError has 25 bits");
            }
        }
    }

    /// A device has a defect from then on: see [Injection.Defect]. Nothing of it is drawn.
    record Defective(Injection.Defect what) implements MachineFault {}

    /// The vCPUs that it is for. Memory and devices belong to none.
    default Targets targets() {
        return Targets.USUAL;
    }

    private static void requireIntid(int intid) {
        if (intid < 0 || intid > Injection.MAX_INTID) {
            throw new IllegalArgumentException("an INTID is 0 to " + Injection.MAX_INTID + ", not " + intid);
        }
    }
}
