using System.Net;
using Gatehouse.Registry.Http;
using Xunit;

namespace Gatehouse.Registry.Tests.Http;

public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd12::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("64:ff9b::808:808", true)]
    [InlineData("64:ff9b:1::a00:1", false)]
    [InlineData("::ffff:0:10.0.0.1", false)]
    [InlineData("::ffff:0:8.8.8.8", true)]
    [InlineData("2002:7f00:1::", false)]
    public void IsPublic_ByAddress_KnowsSpecialRanges(string address, bool expected) =>
        Assert.Equal(expected, AddressRules.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("169.254.169.254", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("168.63.129.16", true)]
    [InlineData("fe80::1", true)]
    [InlineData("10.0.0.1", false)]
    [InlineData("127.0.0.1", false)]
    public void IsNeverDialled_ByAddress_CoversMetadataServices(string address, bool expected) =>
        Assert.Equal(expected, AddressRules.IsNeverDialled(IPAddress.Parse(address)));

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.8.0.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("localhost.example.com", false)]
    [InlineData("128.0.0.1", false)]
    public void IsLoopbackHost_ByName_TakesOnlyRealLoopback(string host, bool expected) =>
        Assert.Equal(expected, AddressRules.IsLoopbackHost(host));
}
