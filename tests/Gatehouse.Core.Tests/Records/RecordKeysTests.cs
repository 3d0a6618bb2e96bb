using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Records;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Core.Tests.Records;

public sealed class RecordKeysTests
{
    [Fact]
    public void Encode_AnyText_IsAValidKeyAndDecodesToItself()
    {
        var text = ArbMap.Default.ArbFor<NonEmptyString>().Filter(text => text.Get.Length <= 40 && IsUnicode(text.Get));

        Prop.ForAll(text, text =>
        {
            var key = RecordKeys.Encode(text.Get);
            return RecordKeys.IsValid(key) && RecordKeys.Decode(key) == text.Get;
        }).Check(PropertyRuns.Of());
    }

    [Theory]
    [InlineData("library/nginx", "library%2Fnginx")]
    [InlineData("50%", "50%25")]
    [InlineData("a#b?c\\d", "a%23b%3Fc%5Cd")]
    [InlineData("\u00fc\n", "%C3%BC%0A")]
    [InlineData("plain-1.2:x@y", "plain-1.2:x@y")]
    public void Encode_KnownText_IsAsDocumented(string text, string key)
    {
        Assert.Equal(key, RecordKeys.Encode(text));
        Assert.Equal(text, RecordKeys.Decode(key));
    }

    [Fact]
    public void Number_AnyTwo_SortAsTheNumbersDo() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNegativeInt>(), ArbMap.Default.ArbFor<NonNegativeInt>(), (a, b) =>
            Math.Sign(string.CompareOrdinal(RecordKeys.Number(a.Get), RecordKeys.Number(b.Get))) == a.Get.CompareTo(b.Get))
            .Check(PropertyRuns.Of());

    [Fact]
    public void Time_LaterTick_SortsLaterAndDescendingFirst()
    {
        var time = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2));
        var later = time.AddTicks(1).ToUniversalTime();

        Assert.True(string.CompareOrdinal(RecordKeys.Time(time), RecordKeys.Time(later)) < 0);
        Assert.True(string.CompareOrdinal(RecordKeys.TimeDescending(time), RecordKeys.TimeDescending(later)) > 0);
        Assert.Equal(20, RecordKeys.Time(time).Length);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData(" ~%'", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("a/b", false)]
    [InlineData("a\\b", false)]
    [InlineData("a#", false)]
    [InlineData("a?", false)]
    [InlineData("a\u0001", false)]
    [InlineData("a\u007f", false)]
    [InlineData("\u00e9", false)]
    public void IsValid_Key_IsJudged(string? key, bool valid) => Assert.Equal(valid, RecordKeys.IsValid(key));

    [Fact]
    public void QueryBounds_AnyPairOfKeys_AgreeWithTheirMeaning()
    {
        var key = Gen.Elements(" ", "!", "-", "0", "a", "b", "~").NonEmptyListOf().Select(parts => string.Concat(parts.Take(4))).ToArbitrary();

        Prop.ForAll(key, key, (a, b) =>
        {
            var prefix = RecordQuery.Prefix("table", "p", a);
            var inPrefix = string.CompareOrdinal(b, prefix.From) >= 0 && string.CompareOrdinal(b, prefix.Before) < 0;
            var after = string.CompareOrdinal(b, prefix.After(a).From) >= 0;
            return inPrefix == b.StartsWith(a, StringComparison.Ordinal) && after == string.CompareOrdinal(b, a) > 0;
        }).Check(PropertyRuns.Of());
    }

    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
            {
                return false;
            }
        }

        return true;
    }
}
