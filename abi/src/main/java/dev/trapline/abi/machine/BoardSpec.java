package dev.trapline.abi.machine;

import dev.trapline.abi.engine.MemoryMap;

/// What is around the CPUs of a machine, and where. The addresses are those of QEMU's `virt` board.
///
/// @param ramBytes size of RAM at [#RAM_BASE]: whole pages from 1 MiB to [#MAX_RAM]
/// @param deviceTree whether the guest gets a device tree: its address is in x0 at the start, on AArch32 in r2
/// @param inputInterval least virtual time between two bytes of scripted console input, in ticks
public record BoardSpec(long ramBytes, boolean deviceTree, long inputInterval) {

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

    /// Size of the flash, in bytes.
    public static final long FLASH_SIZE = 0x0800_0000L;

    /// Where the registers of the console device begin.
    public static final long UART_BASE = 0x0900_0000L;

    /// 128 MiB of RAM, no device tree, a script typed at 10,000 bytes a second.
    public static final BoardSpec DEFAULT = new BoardSpec(128 << 20, false, 6_250);

    public BoardSpec {
        SpecCheck.require(
                ramBytes >= MIN_RAM && ramBytes <= MAX_RAM && ramBytes % MemoryMap.PAGE == 0,
                "ramBytes",
                "whole pages of 4 KiB from 1 MiB to 64 GiB",
                ramBytes);
        SpecCheck.atLeast("inputInterval", inputInterval, 0);
    }

    public BoardSpec withRam(long bytes) {
        return new BoardSpec(bytes, deviceTree, inputInterval);
    }

    public BoardSpec withDeviceTree(boolean given) {
        return new BoardSpec(ramBytes, given, inputInterval);
    }

    /// The same with another time between two bytes of a script.
    ///
    /// @param ticks 0 or more
    public BoardSpec withInputInterval(long ticks) {
        return new BoardSpec(ramBytes, deviceTree, ticks);
    }
}
