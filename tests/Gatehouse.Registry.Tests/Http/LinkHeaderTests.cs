using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Registry.Http;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Registry.Tests.Http;

public sealed class LinkHeaderTests
{
    [Theory]
    [InlineData("</v2/a/tags/list?n=2&last=b>; rel=\"next\"", "/v2/a/tags/list?n=2&last=b")]
    [InlineData("<https://r.io/v2/x?last=a,b>; rel=next", "https://r.io/v2/x?last=a,b")]
    [InlineData("<a>; rel=prev, <b>; REL=\"Next\"", "b")]
    [InlineData("<a>; title=\"x, <z>; rel=next\"; rel=\"prev next\"", "a")]
    [InlineData("<a>; rel=\"last\"", null)]
    [InlineData("<a", null)]
    [InlineData("", null)]
    public void Next_Header_FindsTheNextPage(string header, string? expected) => Assert.Equal(expected, LinkHeader.Next([header]));

    [Fact]
    public void Next_SeveralHeaders_LooksAtAll() => Assert.Equal("b", LinkHeader.Next(["<a>; rel=first", "<b>; rel=next"]));

    [Fact]
    public void Next_AnyText_NeverThrows() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            LinkHeader.Next([text.Get]);
            LinkHeader.Next([$"<{text.Get}>; rel=\"{text.Get}\""]);
            return true;
        }).Check(PropertyRuns.Of());

    [Fact]
    public void Next_PiecesOfLinks_NeverThrows()
    {
        var piece = Gen.Elements("<", ">", ";", ",", "\"", "rel", "=", "next", " ", "/v2/a");
        Prop.ForAll(Gen.ListOf(piece).ToArbitrary(), pieces =>
        {
            LinkHeader.Next([string.Concat(pieces)]);
            return true;
        }).Check(PropertyRuns.Of());
    }
}
