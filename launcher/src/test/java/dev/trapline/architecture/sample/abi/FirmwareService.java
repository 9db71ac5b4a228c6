package dev.trapline.architecture.sample.abi;

/// Represents the SPI of services.
public interface FirmwareService {}
