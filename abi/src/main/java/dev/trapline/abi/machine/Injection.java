package dev.trapline.abi.machine;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.Engine;

/// Something that is injected into a machine from outside, between two slices.
public sealed interface Injection {

    /// The vCPU that receives it. What no vCPU receives has the first one.
    VcpuId vcpu();

    /// An interrupt without a number: it ends a wait (WFI, CPU_SUSPEND), or lets the next one end at once. Nothing
    /// for a vCPU that is off.
    record WakeUp(VcpuId vcpu) implements Injection {}

    /// An interrupt with a number. On the board [BoardKind#VIRT] it becomes pending at the interrupt controller, as
    /// if the guest had set it so; on [BoardKind#BARE] it is as [WakeUp]. Services are notified; one that a guest
    /// has bound to an SDEI event signals that.
    ///
    /// @param intid its INTID: 16 to 31 are the vCPU's own (PPI), 32 to 1019 shared (SPI). On [BoardKind#VIRT] at
    ///     most 287
    record Interrupt(VcpuId vcpu, int intid) implements Injection {
        public Interrupt {
            if (intid < 0 || intid > MAX_INTID) {
                throw new IllegalArgumentException("an INTID is 0 to " + MAX_INTID + ", not " + intid);
            }
        }
    }

    /// An event of firmware, such as one of SDEI.
    ///
    /// @param vcpu the vCPU that a private event belongs to; without meaning for a shared one
    /// @param number the event's
    record Event(VcpuId vcpu, long number) implements Injection {
        public Event {
            if (number < 0) {
                throw new IllegalArgumentException("an event's number is 0 or more, not " + number);
            }
        }
    }

    /// An SError interrupt, such as a memory controller raises for an error that it found late. It stays pending
    /// until the vCPU does not mask it, ends a wait, and is lost when the vCPU loses its power. On AArch32 it is an
    /// asynchronous external abort. Only CPUs of the board [BoardKind#VIRT] take it.
    ///
    /// @param syndrome what ESR_EL1.ISS gets, 0 to [#MAX_SYNDROME]; not used on AArch32
    record SError(VcpuId vcpu, int syndrome) implements Injection {
        /// ESR_EL1.ISS has 25 bits (DDI0487 §D13.2.37).
        public static final int MAX_SYNDROME = 0x1ff_ffff;

        public SError {
            if (syndrome < 0 || syndrome > MAX_SYNDROME) {
                throw new IllegalArgumentException("the syndrome of an SError is 0 to 0x"
                        + Integer.toHexString(MAX_SYNDROME) + ", not " + syndrome);
            }
        }
    }

    /// The user's terminal has this size from now on. Only a VirtIO console shows it to the guest
    /// ([dev.trapline.abi.ConsoleKind#VIRTIO]).
    ///
    /// @param columns 1 to [#MAX]
    /// @param rows 1 to [#MAX]
    record ConsoleSize(int columns, int rows) implements Injection {
        /// The largest number of columns and rows.
        public static final int MAX = 9999;

        public ConsoleSize {
            if (columns < 1 || columns > MAX || rows < 1 || rows > MAX) {
                throw new IllegalArgumentException("a console has 1 to " + MAX + " columns and rows, not " + columns
                        + " columns and " + rows + " rows");
            }
        }

        @Override
        public VcpuId vcpu() {
            return VcpuId.BOOT;
        }
    }

    /// Somebody presses the machine's power button for a moment. Only the board [BoardKind#VIRT] has one.
    record PowerButton() implements Injection {
        @Override
        public VcpuId vcpu() {
            return VcpuId.BOOT;
        }
    }

    /// A fault of the machine. Only a machine that is described with faults has them.
    sealed interface Upset extends Injection {}

    /// A fault of a device that stays for a while: a defect. It is part of the machine's state, and a reset of the
    /// machine ends it. Only a machine that is described with defects has them.
    sealed interface Defect extends Upset {
        /// The count of a defect that matters each time.
        long EVERY_TIME = Long.MAX_VALUE;

        /// The largest other count.
        long MAX_COUNT = 1_000_000_000;

        @Override
        default VcpuId vcpu() {
            return VcpuId.BOOT;
        }
    }

    /// Bits of a byte of RAM change, as a particle or a weak row of DRAM changes them.
    ///
    /// @param address physical
    /// @param bits one bit for each that changes, 1 to [#MAX_BITS]
    record MemoryFlip(long address, int bits) implements Upset {
        /// All bits of a byte.
        public static final int MAX_BITS = 0xff;

        public MemoryFlip {
            if (address < 0 || bits < 1 || bits > MAX_BITS) {
                throw new IllegalArgumentException("bits 0x" + Integer.toHexString(bits) + " of the byte at 0x"
                        + Long.toHexString(address) + " cannot change");
            }
        }

        @Override
        public VcpuId vcpu() {
            return VcpuId.BOOT;
        }
    }

    /// Bits of a general register change. Nothing for a vCPU without power.
    ///
    /// @param register 0 to [#LAST]; on AArch32 0 to [#LAST_R], of the mode that the vCPU is in
    /// @param bits one bit for each that changes, not 0; on AArch32 the low 32
    record RegisterFlip(VcpuId vcpu, int register, long bits) implements Upset {
        /// The last register, x30.
        public static final int LAST = 30;

        /// The last register on AArch32, r14.
        public static final int LAST_R = 14;

        public RegisterFlip {
            if (register < 0 || register > LAST || bits == 0) {
                throw new IllegalArgumentException(
                        "bits 0x" + Long.toHexString(bits) + " of register " + register + " cannot change");
            }
        }
    }

    /// A vCPU executes nothing for a while, as if a hypervisor or an SMI had taken it away. Virtual time passes.
    /// Interrupts that come are kept, and none ends it. Nothing for a vCPU that waits or has no power; one that is
    /// held already is held for the longer time.
    ///
    /// @param ticks 1 or more; [#FOREVER] until it is turned off, or the machine is reset
    record Hold(VcpuId vcpu, long ticks) implements Upset {
        /// A time that never ends.
        public static final long FOREVER = Engine.NO_DEADLINE;

        public Hold {
            if ((ticks < 1 || ticks > MachineSpec.LAST_DEADLINE) && ticks != FOREVER) {
                throw new IllegalArgumentException("a vCPU is held for " + ticks + " ticks");
            }
        }
    }

    /// An interrupt that is pending is pending no longer, as if it had never come. One whose device still asserts
    /// it stays pending if it is level-sensitive. Nothing if it is not pending. On [BoardKind#BARE], whatever
    /// INTID: the interrupt that the vCPU keeps for its next wait is lost.
    ///
    /// @param intid as for [Interrupt]
    record LostInterrupt(VcpuId vcpu, int intid) implements Upset {
        public LostInterrupt {
            if (intid < 0 || intid > MAX_INTID) {
                throw new IllegalArgumentException("an INTID is 0 to " + MAX_INTID + ", not " + intid);
            }
        }
    }

    /// A register of a device reads wrong. What the read does in the device happens as usual. Another one at the
    /// same address replaces it.
    ///
    /// @param address of the register's first byte, physical. Reads that cover it are wrong
    /// @param count how many reads, 1 to [#MAX_COUNT]; [#EVERY_TIME] for each one
    record Misread(long address, WrongBits bits, long count) implements Defect {
        public Misread {
            if (address < 0) {
                throw new IllegalArgumentException("there is no register at 0x" + Long.toHexString(address));
            }
            requireCount(count);
        }
    }

    /// The interrupt line of a device keeps its level, whatever the device does. Afterwards it has the level that
    /// the device gives it. Another one for the same line replaces it.
    ///
    /// @param intid of the shared interrupt that the line is wired to, 32 to 1019
    /// @param high the level
    /// @param ticks 1 or more; [Hold#FOREVER] until the machine is reset
    record StuckLine(int intid, boolean high, long ticks) implements Defect {
        /// The first INTID of a shared interrupt.
        public static final int FIRST_INTID = 32;

        public StuckLine {
            if (intid < FIRST_INTID || intid > MAX_INTID) {
                throw new IllegalArgumentException(
                        "the interrupt of a line has the INTID " + FIRST_INTID + " to " + MAX_INTID + ", not " + intid);
            }
            if ((ticks < 1 || ticks > MachineSpec.LAST_DEADLINE) && ticks != Hold.FOREVER) {
                throw new IllegalArgumentException("a line is stuck for " + ticks + " ticks");
            }
        }
    }

    /// A disk does not do what it is asked for. Of the failures of writes, another one replaces it; reads and
    /// writes fail independently.
    ///
    /// @param disk which one, from 0 on, in the order of their addresses
    /// @param count how many requests, 1 to [#MAX_COUNT]; [#EVERY_TIME] for each one. A request that fails anyway
    ///     is not one
    record BadDisk(int disk, Failure failure, long count) implements Defect {

        /// What happens to a request.
        public enum Failure {
            /// A read answers with an error, and has no data.
            READ_FAILS,
            /// A write answers with an error, and nothing is stored.
            WRITE_FAILS,
            /// A write answers that it was done, and nothing is stored.
            WRITE_LOST,
            /// A write answers that it was done, and only the first half of its bytes is stored, as when
            /// the power fails meanwhile.
            WRITE_TORN
        }

        /// The largest number of a disk.
        public static final int MAX_DISK = 31;

        public BadDisk {
            if (disk < 0 || disk > MAX_DISK) {
                throw new IllegalArgumentException("a disk has the number 0 to " + MAX_DISK + ", not " + disk);
            }
            requireCount(count);
        }
    }

    private static void requireCount(long count) {
        if ((count < 1 || count > Defect.MAX_COUNT) && count != Defect.EVERY_TIME) {
            throw new IllegalArgumentException("a defect that is met " + count + " times");
        }
    }

    /// The largest INTID of an interrupt that a device can raise.
    int MAX_INTID = 1019;
}
