package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.machine.BoardSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/// A bare A64 guest that misuses the devices of the board `virt`, determined by a random number: accesses of all widths
/// to every register, valid and broken queues of VirtIO, commands to the flash, system registers of the GICv3, timers,
/// power calls and resets. Each vCPU repeats its own sequence. Handlers acknowledge interrupts and skip what causes an
/// exception.
final class DeviceStorm {

    private static final int VECTORS = 0x800;
    private static final int BEGIN = 0x1000;
    private static final int STEPS = 400;

    /// A table of descriptors, the two rings and a second table, in RAM that the code does not reach.
    private static final long QUEUE = BoardSpec.RAM_BASE + 0xc0000;

    private static final long AVAILABLE = QUEUE + 0x1000;
    private static final long USED = QUEUE + 0x2000;
    private static final long TABLE = QUEUE + 0x3000;
    private static final long DATA = QUEUE + 0x4000;

    private static final long FLASH = 0x0400_0000L;
    private static final long DISK = 0x0a00_0000L;
    private static final long NETWORK = 0x0a00_3c00L;
    private static final long CONSOLE = 0x0a00_3e00L;

    /// Where devices begin, and the size of the part with most of their registers.
    private static final long[][] DEVICES = {
        {0x0800_0000L, 0x1000},
        {0x0800_f000L, 0x3000}, // the end of the Distributor, and the CPU interfaces of a GICv2
        {0x080a_0000L, 0x100},
        {0x080b_0000L, 0xd00},
        {0x080c_0000L, 0x8_0000}, // beyond the last Redistributor
        {0x0900_0000L, 0x50},
        {0x0900_0fd0L, 0x60},
        {0x0901_0000L, 0x20},
        {0x0903_0000L, 0x430},
        {DISK, 0x120},
        {NETWORK, 0x120},
        {CONSOLE, 0x120},
        {0x0a00_0200L, 0x3a00}, // slots without a device
        {FLASH, 0x100},
        {0x07ff_fff0L, 0x20},
        {0, 0x100},
    };

    private static final int[] ACCESSES = {
        0x3900_0120, // strb w0, [x9]
        0x7900_0120, // strh w0, [x9]
        0xb900_0120, // str w0, [x9]
        0xb900_0120,
        0xb900_0120,
        0xf900_0120, // str x0, [x9]
        0xa900_0520, // stp x0, x1, [x9]
        0x3d80_0120, // str q0, [x9]
        0xc801_7d20, // stxr w1, x0, [x9]
        0x889f_fd20, // stlr w0, [x9]
        0x29bf_0520, // stp w0, w1, [x9, #-8]!
        0xd50b_7429, // dc zva, x9
        0x3940_0120, // ldrb w0, [x9]
        0x7940_0120, // ldrh w0, [x9]
        0xb940_0120, // ldr w0, [x9]
        0xb940_0120,
        0xf940_0120, // ldr x0, [x9]
        0xa940_0520, // ldp x0, x1, [x9]
        0x3dc0_0120, // ldr q0, [x9]
        0xc85f_7d20, // ldxr x0, [x9]
        0x88df_fd20, // ldar w0, [x9]
        0xf980_0120, // prfm pldl1keep, [x9]
        0xd50b_7e29, // dc civac, x9
    };

    private static final int[] REGISTERS = {
        0xd51b_e220, // msr cntp_ctl_el0, x0
        0xd51b_e240, // msr cntp_cval_el0, x0
        0xd51b_e200, // msr cntp_tval_el0, x0
        0xd51b_e320, // msr cntv_ctl_el0, x0
        0xd51b_e340, // msr cntv_cval_el0, x0
        0xd51b_e300, // msr cntv_tval_el0, x0
        0xd503_4fff, // msr daifclr, #15
        0xd503_4fff,
        0xd503_4fdf, // msr daifset, #15
        0xd503_207f, // wfi
        0xd503_205f, // wfe
    };

    private static final int[] COMMANDS = {
        0x10, 0x20, 0x40, 0x50, 0x60, 0x70, 0x90, 0x98, 0xb0, 0xd0, 0xe8, 0xff, 0x01, 0x1f, 0x20_0020, 0xe8_00e8
    };

    /// Of a descriptor: next, write, indirect. Most are valid.
    private static final int[] FLAGS = {0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7};

    private final SplittableRandom random;
    private final boolean gicv3;
    private final ByteBuffer image =
            ByteBuffer.allocate((int) (TABLE + 0x1000 - BoardSpec.RAM_BASE)).order(ByteOrder.LITTLE_ENDIAN);

    private DeviceStorm(SplittableRandom random, boolean gicv3) {
        this.random = random;
        this.gicv3 = gicv3;
    }

    /// The image of such a guest, for the beginning of RAM.
    static Bytes of(SplittableRandom random, int vcpus, GicVersion gic) {
        DeviceStorm storm = new DeviceStorm(random, gic == GicVersion.V3);
        storm.image.putInt(0x1400_0000 | BEGIN / 4); // b
        storm.vectors();
        storm.image.position(BEGIN);
        storm.begin(vcpus);
        storm.descriptors(QUEUE);
        storm.descriptors(TABLE);
        return Bytes.copyOf(storm.image.array());
    }

    private void vectors() {
        for (int vector = 0; vector < 16; vector++) {
            image.position(VECTORS + 0x80 * vector);
            if (vector % 4 == 0) {
                put(0xd538_4034, 0x9100_1294, 0xd518_4034); // elr_el1 += 4
            } else if (gicv3) {
                put(0xd538_cc16, 0xd518_cc36, 0xd538_c816, 0xd518_c836); // icc_iar1, eoir1, iar0, eoir0
            } else {
                put(0xd2a1_0035, 0xb940_0eb6, 0xb900_12b6); // GICC_IAR to GICC_EOIR
            }
            if (vector % 4 != 0) {
                put(0xd538_4014, 0xb27a_0694, 0xd518_4014); // masked until the next daifclr
            }
            put(0xd69f_03e0); // eret
        }
    }

    /// The first vCPU turns the others on, each at its own sequence.
    private void begin(int vcpus) {
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            int start = image.position();
            set(0, BoardSpec.RAM_BASE + VECTORS);
            put(0xd518_c000); // msr vbar_el1, x0
            store(0x0800_0000L, 3);
            store(0x0800_0100L, -1);
            store(0x0800_0104L, -1);
            store(gicv3 ? 0x080b_0100L : 0x0801_0004L, 0xff);
            store(gicv3 ? 0x080b_0100L : 0x0801_0000L, 3);
            if (gicv3) {
                set(0, 0xff);
                put(0xd518_4600, 0xd518_ccc0, 0xd518_cce0); // icc_pmr, icc_igrpen0, icc_igrpen1
            }
            put(0xd503_4fff);
            int behind = image.position() + 4 * 4 * STEPS * 6;
            if (vcpu + 1 < vcpus) {
                set(0, 0xc400_0003L); // CPU_ON
                set(1, vcpu + 1);
                set(2, BoardSpec.RAM_BASE + behind);
                set(3, 0);
                put(0xd400_0002); // hvc
            }
            for (int step = 0; step < STEPS && image.position() < behind - 0x400; step++) {
                step();
            }
            put(0x1400_0000 | ((start - image.position()) / 4 & 0x3ff_ffff)); // b start
            image.position(behind);
        }
    }

    private void step() {
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> {
                set(0, value());
                set(9, register());
                put(ACCESSES[random.nextInt(ACCESSES.length)]);
            }
            case 8, 9 -> {
                set(0, value());
                put(REGISTERS[random.nextInt(REGISTERS.length)]);
            }
            case 10, 11 -> {
                // Any of the GICv3's, to be read or written.
                set(0, value());
                put((random.nextBoolean() ? 0xd518_c000 : 0xd538_c000)
                        | (8 + random.nextInt(6)) << 8
                        | random.nextInt(8) << 5);
            }
            case 12, 13, 14 -> flash();
            case 15 -> call();
            case 16, 17 -> start(virtio());
            default -> request(virtio());
        }
    }

    private long virtio() {
        long[] devices = {DISK, NETWORK, CONSOLE};
        return devices[random.nextInt(devices.length)];
    }

    private void flash() {
        long block = FLASH + 0x4_0000L * (random.nextInt(8) == 0 ? 255 : random.nextInt(3));
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            set(0, random.nextInt(4) == 0 ? random.nextLong() : COMMANDS[random.nextInt(COMMANDS.length)]);
            set(9, block + (random.nextInt(4) == 0 ? random.nextInt(0x4_0000) : 4 * random.nextInt(16)));
            put(ACCESSES[random.nextInt(ACCESSES.length)]);
        }
    }

    /// Calls of PSCI; rarely those that reset the machine or turn it off.
    private void call() {
        long[] calls = {0xc400_0003L, 0xc400_0004L, 0x8400_000aL, 0xc400_0001L, 0xc400_000eL, 0x8400_0002L};
        int rare = random.nextInt(12);
        set(0, rare == 0 ? 0x8400_0009L : rare == 1 ? 0xc400_0012L : calls[random.nextInt(calls.length)]);
        set(1, random.nextInt(5));
        set(2, random.nextInt(4) == 0 ? value() : BoardSpec.RAM_BASE);
        set(3, 0);
        put(0xd400_0002);
    }

    /// Brings a device to its queue, as a driver does, but for one thing now and then.
    private void start(long device) {
        int wrong = random.nextInt(14);
        store(device + 0x70, 0);
        store(device + 0x70, wrong == 0 ? value() : 3);
        store(device + 0x24, 1);
        store(device + 0x20, wrong == 1 ? value() : 1);
        store(device + 0x24, 0);
        store(device + 0x20, random.nextInt(4) << 28);
        store(device + 0x70, 0xb);
        store(device + 0x30, wrong == 2 ? value() : random.nextInt(2));
        store(device + 0x38, wrong == 3 ? value() : 1L << random.nextInt(8));
        store(device + 0x80, wrong == 4 ? value() : QUEUE);
        store(device + 0x84, wrong == 5 ? value() : 0);
        store(device + 0x90, wrong == 6 ? value() : AVAILABLE);
        store(device + 0xa0, wrong == 7 ? value() : USED);
        store(device + 0x44, 1);
        store(device + 0x70, 0xf);
        set(9, AVAILABLE);
        put(0x7900_013f); // strh wzr, [x9]
    }

    /// Changes the queue, and notifies the device.
    private void request(long device) {
        if (random.nextBoolean()) {
            descriptor((random.nextBoolean() ? QUEUE : TABLE) + 16L * random.nextInt(8));
        }
        set(9, AVAILABLE + 4 + 2L * random.nextInt(8));
        set(0, random.nextInt(10) == 0 ? value() : random.nextInt(8));
        put(0x7900_0120); // strh w0, [x9]
        set(9, AVAILABLE);
        put(0x7940_0520); // ldrh w0, [x9, #2]
        put(0x1100_0000 | (random.nextInt(8) == 0 ? random.nextInt(4096) : 1) << 10); // add w0, w0, #n
        put(0x7900_0520); // strh w0, [x9, #2]
        store(device + 0x50, random.nextInt(8) == 0 ? value() : random.nextInt(2));
    }

    private void descriptors(long table) {
        for (int index = 0; index < 128; index++) {
            int at = (int) (table - BoardSpec.RAM_BASE) + 16 * index;
            image.putLong(at, buffer());
            image.putLong(at + 8, shape());
        }
    }

    private void descriptor(long at) {
        set(9, at);
        set(0, buffer());
        set(1, shape());
        put(0xa900_0520); // stp x0, x1, [x9]
    }

    private long buffer() {
        return random.nextInt(6) == 0 ? value() : DATA + 16L * random.nextInt(256);
    }

    /// The length, flags and next descriptor.
    private long shape() {
        long length = switch (random.nextInt(8)) {
            case 0 -> 0xffff_ffffL;
            case 1 -> 0;
            case 2 -> random.nextInt() & 0xffff_ffffL;
            case 3 -> 1;
            default -> 16L << random.nextInt(8);
        };
        long flags = random.nextInt(10) == 0 ? random.nextInt(0x10000) : FLAGS[random.nextInt(FLAGS.length)];
        return length | flags << 32 | (random.nextInt(12) == 0 ? 0xffffL : random.nextInt(8)) << 48;
    }

    private long register() {
        long[] device = DEVICES[random.nextInt(DEVICES.length)];
        long offset = random.nextLong(device[1]);
        return device[0] + (random.nextInt(4) == 0 ? offset : offset & ~3L);
    }

    private long value() {
        return switch (random.nextInt(9)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> 1L << random.nextInt(64);
            case 3 -> random.nextInt(16);
            case 4 -> random.nextLong();
            case 5 -> random.nextInt() & 0xffff_ffffL;
            case 6 -> register();
            case 7 -> BoardSpec.RAM_BASE + random.nextInt(1 << 21);
            default -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE - random.nextInt(4096);
        };
    }

    private void store(long address, long value) {
        set(9, address);
        set(0, value);
        put(0xb900_0120); // str w0, [x9]
    }

    private void set(int register, long value) {
        put(0xd280_0000 | (int) (value & 0xffff) << 5 | register);
        for (int part = 1; part < 4; part++) {
            int half = (int) (value >>> (16 * part)) & 0xffff;
            if (half != 0) {
                put(0xf280_0000 | part << 21 | half << 5 | register); // movk
            }
        }
    }

    private void put(int... instructions) {
        for (int instruction : instructions) {
            image.putInt(instruction);
        }
    }
}
