package dev.trapline.vcpu;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.ConsoleKind;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.NetworkSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.abi.policy.Policy;
import dev.trapline.firmware.FirmwareServices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A machine with a random guest, determined by a seed: instructions of all kinds, some of them random bits; firmware
/// calls with arguments that are often valid; random page tables, with the MMU switched on; interrupts and SDEI events.
/// Half of the A64 guests run on the board `virt`: they take their exceptions wherever VBAR_EL1 points, and access
/// devices. Every fourth guest is a [DeviceStorm].
///
/// @param set A64, A32, T32, or that of a [DeviceStorm]
record RandomGuest(long seed, Set set, MachineSpec spec, Bytes code, List<PlannedInjection> planned) {

    /// The instruction set of the guest.
    enum Set {
        A64,
        A32,
        T32,
        DEVICES
    }

    private static final int WORDS = 1024;
    private static final long RAM = 1 << 20;
    private static final long INSTRUCTIONS = 12_000;
    private static final long STORM = 20_000;
    private static final int INJECTIONS = 6;

    static RandomGuest of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Set set = Set.values()[random.nextInt(Set.values().length)];
        int vcpus = 1 + random.nextInt(4);
        ScheduleSpec schedule = ScheduleSpec.DEFAULT
                .withKind(random.nextBoolean() ? Schedule.RANDOM : Schedule.ROUND_ROBIN)
                .withSeed(random.nextInt(1000))
                .withQuantum(1 + random.nextInt(400));
        boolean wide = set == Set.A64 || set == Set.DEVICES;
        boolean virt = set == Set.DEVICES || (set == Set.A64 && random.nextBoolean());
        BoardKind board = virt ? BoardKind.VIRT : BoardKind.BARE;
        GicVersion gic = random.nextBoolean() ? GicVersion.V2 : GicVersion.V3;
        MachineSpec spec = MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(vcpus).withWidth(wide ? Width.AARCH64 : Width.AARCH32))
                .with(BoardSpec.DEFAULT
                        .withKind(board)
                        .withGic(gic)
                        .withConsole(
                                set == Set.DEVICES && random.nextBoolean() ? ConsoleKind.VIRTIO : ConsoleKind.PL011)
                        .withNetwork(
                                set == Set.DEVICES
                                        ? new NetworkSpec(network(random), MacAddress.ofSeed(seed))
                                        : NetworkSpec.NONE)
                        .withRam(RAM)
                        .withInputInterval(1_000))
                .with(schedule)
                .with(RunSpec.DEFAULT
                        .withMaxInstructions(set == Set.DEVICES ? STORM : INSTRUCTIONS)
                        .withRamDigestInterval(20_000))
                .withPolicy(random.nextBoolean() ? Policy.DEFAULT.withResident("smccc") : Policy.DEFAULT);
        return new RandomGuest(
                seed,
                set,
                spec,
                set == Set.DEVICES ? DeviceStorm.of(random, vcpus, gic) : code(set, board, random),
                planned(vcpus, spec.board().kind(), random));
    }

    /// Most machines have a loop: its frames come back to queues that are broken by then.
    private static NetworkKind network(SplittableRandom random) {
        NetworkKind[] kinds = {NetworkKind.LOOP, NetworkKind.LOOP, NetworkKind.SWITCH, NetworkKind.NONE};
        return kinds[random.nextInt(kinds.length)];
    }

    Image image() {
        return new Image(Image.Kind.RAW, "guest-" + seed + ".bin", BoardSpec.RAM_BASE, code);
    }

    /// The guest, and what its devices contain.
    List<Image> images() {
        return set == Set.DEVICES
                ? List.of(
                        image(),
                        new Image(Image.Kind.DISK, "disk.img", 0, Bytes.copyOf(new byte[20 * 512])),
                        new Image(Image.Kind.FLASH_VARIABLES, "variables.fd", 0, Bytes.copyOf(new byte[0x5_0123])))
                : List.of(image());
    }

    private static List<PlannedInjection> planned(int vcpus, BoardKind board, SplittableRandom random) {
        List<PlannedInjection> planned = new ArrayList<>();
        for (int left = random.nextInt(INJECTIONS); left > 0; left--) {
            VcpuId vcpu = new VcpuId(random.nextInt(vcpus));
            Injection what = switch (random.nextInt(3)) {
                case 0 -> new Injection.WakeUp(vcpu);
                case 1 -> new Injection.Interrupt(vcpu, random.nextInt(board == BoardKind.VIRT ? 288 : 1020));
                default -> new Injection.Event(vcpu, random.nextBoolean() ? 0 : 804);
            };
            planned.add(new PlannedInjection(what, new Moment.AtSlice(random.nextInt(60))));
        }
        return planned;
    }

    private static Bytes code(Set set, BoardKind board, SplittableRandom random) {
        ByteBuffer code = ByteBuffer.allocate(WORDS * Integer.BYTES + 4 * 64).order(ByteOrder.LITTLE_ENDIAN);
        Instructions instructions = new Instructions(random, functions(), board == BoardKind.VIRT);
        if (set == Set.T32) {
            code.putInt(0xe28f_0001); // add r0, pc, #1
            code.putInt(0xe12f_ff10); // bx r0
        }
        if (board == BoardKind.VIRT) {
            instructions.start(code);
        }
        while (code.position() < WORDS * Integer.BYTES) {
            switch (set) {
                case A64 -> instructions.a64(code);
                case A32 -> instructions.a32(code);
                case T32 -> instructions.t32(code);
                case DEVICES -> throw new IllegalArgumentException("a storm has code of its own");
            }
        }
        return Bytes.copyOf(code.array(), 0, code.position());
    }

    private static List<Integer> functions() {
        return FirmwareServices.onClassPath().stream()
                .flatMap(service -> service.descriptor().functions().stream())
                .map((ServiceDescriptor.Function function) -> function.id().value())
                .toList();
    }

    /// Appends one instruction, or a few that belong together.
    private record Instructions(SplittableRandom random, List<Integer> functions, boolean devices) {

        private static final int HVC_A64 = 0xd400_0002;
        private static final int SMC_A64 = 0xd400_0003;
        private static final int[] SYSTEM = {
            0xd518_2000, // msr ttbr0_el1, x0
            0xd518_2040, // msr tcr_el1, x0
            0xd518_a200, // msr mair_el1, x0
            0xd518_1000, // msr sctlr_el1, x0
            0xd518_c000, // msr vbar_el1, x0
            0xd518_d040, // msr contextidr...el1, x0
            0xd51b_e220, // msr cntp_ctl_el0, x0
            0xd51b_e340, // msr cntv_cval_el0, x0
            0xd53b_e020, // mrs x0, cntpct_el0
            0xd508_871f, // tlbi vmalle1
            0xd50b_7520, // ic ivau, x0
            0xd508_751f, // ic iallu
            0xd503_201f, // nop
            0xd503_205f, // wfe
            0xd503_207f, // wfi
            0xd503_3fdf, // isb
            0xd518_4020, // msr elr_el1, x0
            0xd518_4000, // msr spsr_el1, x0
            0xd518_4100, // msr sp_el0, x0
            0xd510_0240, // msr mdscr_el1, x0
            0xd51b_4220, // msr daif, x0
            0xd503_4fff, // msr daifclr, #15
            0xd503_4fdf, // msr daifset, #15
            0xd69f_03e0, // eret
            0xd400_0001, // svc #0
            0xd420_0000, // brk #0
            0xd508_831f, // tlbi vmalle1is
            0xd508_8320, // tlbi vae1is, x0
            0xd508_711f, // ic ialluis
            0xd508_7800, // at s1e1r, x0
            0xd51b_e320, // msr cntv_ctl_el0, x0
            0xd51b_e300, // msr cntv_tval_el0, x0
            0xd518_4600, // msr icc_pmr_el1, x0
            0xd518_cce0, // msr icc_igrpen1_el1, x0
            0xd518_cba0, // msr icc_sgi1r_el1, x0
            0xd538_cc00, // mrs x0, icc_iar1_el1
            0xd518_cc20, // msr icc_eoir1_el1, x0
        };
        /// Of the board `virt`, with the size of the part in which something is.
        private static final long[][] DEVICES = {
            {0x0800_0000L, 0x1_1000}, // the interrupt controller
            {0x080a_0000L, 0x8_0000}, // its Redistributors
            {0x0900_0000L, 0x2000}, // the console
            {0x0901_0000L, 0x2000}, // the clock
            {0x0a00_0000L, 0x4000}, // VirtIO
            {0x0400_0000L, 0x400}, // flash
        };

        /// Sets the vectors to this code, and lets the interrupt controller signal.
        void start(ByteBuffer code) {
            a64Constant(code, 0, BoardSpec.RAM_BASE);
            code.putInt(0xd518_c000); // msr vbar_el1, x0
            a64Constant(code, 9, 0x0800_0000L);
            a64Constant(code, 0, 3);
            code.putInt(0xb900_0120); // str w0, [x9]: GICD_CTLR
            a64Constant(code, 0, -1L);
            code.putInt(0xb901_0120); // str w0, [x9, #0x100]: GICD_ISENABLER0
            code.putInt(0xd503_4fff); // msr daifclr, #15
        }

        void a64(ByteBuffer code) {
            switch (random.nextInt(20)) {
                case 0 -> code.putInt(random.nextInt());
                case 1, 2, 3 -> a64Call(code);
                case 4 -> {
                    a64Constant(code, 0, value());
                    code.putInt(SYSTEM[random.nextInt(SYSTEM.length)]);
                }
                // Any MSR, MRS or SYS; rarely, because most of them end the guest.
                case 5 -> code.putInt(random.nextInt(8) == 0 ? 0xd500_0000 | random.nextInt(1 << 22) : 0xd503_201f);
                case 6, 7, 8 -> {
                    // A load or store near an address in RAM, or of a device.
                    a64Constant(code, 9, devices && random.nextInt(4) == 0 ? device() : address());
                    code.putInt((random.nextBoolean() ? 0xf900_0120 : 0xf940_0120)
                            | random.nextInt(9)
                            | random.nextInt(64) << 10);
                }
                case 9 -> code.putInt(0x1400_0000 | random.nextInt(6) + 1); // b forwards
                case 10 -> code.putInt(0x5400_0000 | (1 + random.nextInt(6)) << 5 | random.nextInt(15)); // b.cond
                case 11 -> code.putInt(0x17ff_ff00 | random.nextInt(0x100)); // b backwards
                default ->
                    code.putInt(
                            0x8b00_0000 // add, eor and others with registers
                                    | (random.nextInt(4) << 29 & 0x6000_0000)
                                    | random.nextInt(16) << 16
                                    | random.nextInt(16) << 5
                                    | random.nextInt(16));
            }
        }

        private void a64Call(ByteBuffer code) {
            a64Constant(code, 0, functions.get(random.nextInt(functions.size())) & 0xffff_ffffL);
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                a64Constant(code, n, value());
            }
            int immediate = random.nextInt(10) == 0 ? random.nextInt(0x10000) : 0;
            code.putInt((random.nextBoolean() ? HVC_A64 : SMC_A64) | immediate << 5);
        }

        private static void a64Constant(ByteBuffer code, int register, long value) {
            code.putInt(0xd280_0000 | (int) (value & 0xffff) << 5 | register);
            code.putInt(0xf2a0_0000 | (int) (value >>> 16 & 0xffff) << 5 | register);
            if (value >>> 32 != 0) {
                code.putInt(0xf2c0_0000 | (int) (value >>> 32 & 0xffff) << 5 | register);
                code.putInt(0xf2e0_0000 | (int) (value >>> 48 & 0xffff) << 5 | register);
            }
        }

        void a32(ByteBuffer code) {
            int condition = random.nextInt(4) == 0 ? random.nextInt(15) << 28 : 0xe000_0000;
            switch (random.nextInt(16)) {
                case 0 -> code.putInt(random.nextInt());
                case 1, 2 -> {
                    a32Constant(code, 0, functions.get(random.nextInt(functions.size())) & ~(1 << 30));
                    a32Constant(code, 1, (int) value());
                    code.putInt(condition | (random.nextBoolean() ? 0x0140_0070 : 0x0160_0070)); // hvc, smc
                }
                // Any access of a coprocessor's register.
                case 3 -> code.putInt(condition | 0x0e00_0f10 | (random.nextInt(1 << 24) & 0x00ff_f0ef));
                case 4, 5 -> {
                    a32Constant(code, 9, (int) address());
                    code.putInt(condition
                            | (random.nextBoolean() ? 0x0589_0000 : 0x0599_0000)
                            | random.nextInt(9) << 12
                            | random.nextInt(64) << 2);
                }
                case 6 -> code.putInt(condition | 0x0a00_0000 | random.nextInt(6));
                case 7 -> code.putInt(condition | 0x0aff_ff00 | random.nextInt(0x100));
                case 8 -> code.putInt(condition | 0x0320_f000 | random.nextInt(4)); // nop, yield, wfe, wfi
                default ->
                    code.putInt(
                            condition // data processing, on r0 to r11
                                    | random.nextInt(16) << 21
                                    | random.nextInt(2) << 20
                                    | random.nextInt(12) << 16
                                    | random.nextInt(12) << 12
                                    | random.nextInt(12));
            }
        }

        private static void a32Constant(ByteBuffer code, int register, int value) {
            code.putInt(0xe300_0000 | (value & 0xf000) << 4 | register << 12 | (value & 0xfff));
            code.putInt(0xe340_0000 | (value >>> 28) << 16 | register << 12 | ((value >>> 16) & 0xfff));
        }

        void t32(ByteBuffer code) {
            switch (random.nextInt(16)) {
                case 0 -> code.putInt(random.nextInt());
                case 1, 2 -> {
                    t32Constant(code, 0, functions.get(random.nextInt(functions.size())) & ~(1 << 30));
                    t32Constant(code, 1, (int) value());
                    wide(code, random.nextBoolean() ? 0xf7e0_8000 : 0xf7f0_8000); // hvc, smc
                }
                case 3 -> {
                    code.putShort((short) (0xbf00 | random.nextInt(0x100))); // it, and hints
                    half(code);
                }
                case 4, 5 -> {
                    t32Constant(code, 5, (int) address());
                    code.putShort((short) ((random.nextBoolean() ? 0x6028 : 0x6828) | random.nextInt(8)));
                    half(code);
                }
                case 6 -> {
                    code.putShort((short) (0xd000 | random.nextInt(14) << 8 | random.nextInt(6)));
                    half(code);
                }
                case 7 -> {
                    code.putShort((short) (0xe700 | random.nextInt(0x100)));
                    half(code);
                }
                default -> {
                    half(code);
                    half(code);
                }
            }
        }

        /// An instruction of data processing on r0 to r7.
        private void half(ByteBuffer code) {
            code.putShort((short) (0x4000 | random.nextInt(0x400)));
        }

        private static void t32Constant(ByteBuffer code, int register, int value) {
            for (int part = 0; part < 2; part++) {
                int half = (value >>> (16 * part)) & 0xffff;
                wide(
                        code,
                        (part == 0 ? 0xf240_0000 : 0xf2c0_0000)
                                | (half >>> 12) << 16
                                | (half >>> 11 & 1) << 26
                                | (half >>> 8 & 7) << 12
                                | register << 8
                                | (half & 0xff));
            }
        }

        private static void wide(ByteBuffer code, int instruction) {
            code.putShort((short) (instruction >>> 16));
            code.putShort((short) instruction);
        }

        private long device() {
            long[] device = DEVICES[random.nextInt(DEVICES.length)];
            return device[0] + (random.nextLong(device[1]) & ~3);
        }

        private long address() {
            return BoardSpec.RAM_BASE + (random.nextInt((int) RAM) & ~7);
        }

        /// A value that may be valid for its receiver.
        private long value() {
            return switch (random.nextInt(8)) {
                case 0 -> 0;
                case 1 -> random.nextInt(6);
                case 2, 3 -> address() & ~3L;
                case 4 -> -1;
                case 5 -> functions.get(random.nextInt(functions.size())) & 0xffff_ffffL;
                case 6 -> random.nextInt() & 0xffff_ffffL;
                default -> random.nextLong();
            };
        }
    }
}
