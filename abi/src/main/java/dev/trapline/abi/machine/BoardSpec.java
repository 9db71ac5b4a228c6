package dev.trapline.abi.machine;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.ConsoleKind;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.Visible;
import dev.trapline.abi.engine.MemoryMap;

/// What is around the CPUs of a machine, and where. The addresses are those of QEMU's `virt` board.
///
/// @param kind what is on the board
/// @param ramBytes size of RAM at [#RAM_BASE]: whole pages from 1 MiB to [#MAX_RAM]
/// @param deviceTree whether the guest gets a device tree: its address is in x0 at the start, on AArch32 in r2
/// @param bootArguments the kernel's command line, `/chosen/bootargs` in the device tree: at most [#MOST_ARGUMENTS]
///     printable ASCII characters; empty for none
/// @param inputInterval least virtual time between two bytes of scripted console input, in ticks
/// @param gic the version of the interrupt controller; without a meaning on a board that has none
/// @param date what the board's clock shows when virtual time begins, in seconds since 1970, 0 to [#LAST_DATE]; without
///     a meaning on a board that has none
/// @param console which device is the guest's console: on a board other than [BoardKind#VIRT], the PL011
/// @param network the network interface: on a board other than [BoardKind#VIRT], none
public record BoardSpec(
        BoardKind kind,
        long ramBytes,
        boolean deviceTree,
        String bootArguments,
        long inputInterval,
        GicVersion gic,
        long date,
        ConsoleKind console,
        NetworkSpec network) {

    /// Where RAM begins.
    public static final long RAM_BASE = 0x4000_0000L;

    /// The least RAM, in bytes.
    public static final long MIN_RAM = 1 << 20;

    /// The most RAM, in bytes.
    public static final long MAX_RAM = 1L << 36;

    /// The most RAM that 32-bit physical addresses reach, in bytes.
    public static final long AARCH32_RAM = (1L << 32) - RAM_BASE;

    /// Where the flash begins.
    public static final long FLASH_BASE = 0;

    /// Size of the flash, in bytes. On [BoardKind#VIRT], each of its two banks has half of it.
    public static final long FLASH_SIZE = 0x0800_0000L;

    /// The longest command line: Linux has 2048 bytes for it on arm64, of which the last is zero
    /// (`COMMAND_LINE_SIZE`).
    public static final int MOST_ARGUMENTS = 2047;

    /// What boot arguments consist of, for messages.
    public static final String ARGUMENTS = "at most " + MOST_ARGUMENTS + " printable ASCII characters";

    /// Where the registers of the console device begin.
    public static final long UART_BASE = 0x0900_0000L;

    /// Where the registers of the interrupt controller begin.
    public static final long GIC_BASE = 0x0800_0000L;

    /// The last date that the board's clock can show: it has 32 bits, which reach to the year 2106.
    public static final long LAST_DATE = 0xffff_ffffL;

    /// 2026-01-01T00:00:00Z.
    private static final long NEW_YEAR_2026 = 1_767_225_600L;

    /// The bare board with 128 MiB of RAM, no device tree, a script typed at 10,000 bytes a second, and the date
    /// 2026-01-01.
    public static final BoardSpec DEFAULT = new BoardSpec(
            BoardKind.BARE,
            128 << 20,
            false,
            "",
            6_250,
            GicVersion.V2,
            NEW_YEAR_2026,
            ConsoleKind.PL011,
            NetworkSpec.NONE);

    public BoardSpec {
        SpecCheck.require(
                ramBytes >= MIN_RAM && ramBytes <= MAX_RAM && ramBytes % MemoryMap.PAGE == 0,
                "ramBytes",
                "whole pages of 4 KiB from 1 MiB to 64 GiB",
                ramBytes);
        if (!isArguments(bootArguments)) {
            throw new IllegalArgumentException(
                    "bootArguments takes " + ARGUMENTS + ", not '" + Visible.line(bootArguments) + "'");
        }
        SpecCheck.atLeast("inputInterval", inputInterval, 0);
        if (kind == BoardKind.BARE && console != ConsoleKind.PL011) {
            throw new IllegalArgumentException("the board 'bare' has no VirtIO console; use the board 'virt'");
        }
        if (kind == BoardKind.BARE && network.kind() != NetworkKind.NONE) {
            throw new IllegalArgumentException("the board 'bare' has no network interface; use the board 'virt'");
        }
        SpecCheck.require(date >= 0 && date <= LAST_DATE, "date", "0 to " + LAST_DATE, date);
    }

    /// The size of the flash that ignores writes, from [#FLASH_BASE] on, in bytes: all of it, but on
    /// [BoardKind#VIRT] only its first bank.
    public long readOnlyFlash() {
        return switch (kind) {
            case BARE -> FLASH_SIZE;
            case VIRT -> FLASH_SIZE / 2;
        };
    }

    /// Whether a text can be a kernel's command line.
    public static boolean isArguments(String text) {
        return text.length() <= MOST_ARGUMENTS && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    public BoardSpec withKind(BoardKind other) {
        return new BoardSpec(other, ramBytes, deviceTree, bootArguments, inputInterval, gic, date, console, network);
    }

    /// The same with another interrupt controller.
    public BoardSpec withGic(GicVersion other) {
        return new BoardSpec(kind, ramBytes, deviceTree, bootArguments, inputInterval, other, date, console, network);
    }

    /// The same with another date at the beginning.
    ///
    /// @param seconds since 1970, 0 to [#LAST_DATE]
    public BoardSpec withDate(long seconds) {
        return new BoardSpec(kind, ramBytes, deviceTree, bootArguments, inputInterval, gic, seconds, console, network);
    }

    /// The same with another device as its console.
    public BoardSpec withConsole(ConsoleKind other) {
        return new BoardSpec(kind, ramBytes, deviceTree, bootArguments, inputInterval, gic, date, other, network);
    }

    /// The same with another network interface.
    public BoardSpec withNetwork(NetworkSpec other) {
        return new BoardSpec(kind, ramBytes, deviceTree, bootArguments, inputInterval, gic, date, console, other);
    }

    public BoardSpec withRam(long bytes) {
        return new BoardSpec(kind, bytes, deviceTree, bootArguments, inputInterval, gic, date, console, network);
    }

    public BoardSpec withDeviceTree(boolean given) {
        return new BoardSpec(kind, ramBytes, given, bootArguments, inputInterval, gic, date, console, network);
    }

    /// The same with another command line of the kernel.
    ///
    /// @param text at most [#MOST_ARGUMENTS] printable ASCII characters
    public BoardSpec withBootArguments(String text) {
        return new BoardSpec(kind, ramBytes, deviceTree, text, inputInterval, gic, date, console, network);
    }

    /// The same with another time between two bytes of a script.
    ///
    /// @param ticks 0 or more
    public BoardSpec withInputInterval(long ticks) {
        return new BoardSpec(kind, ramBytes, deviceTree, bootArguments, ticks, gic, date, console, network);
    }
}
