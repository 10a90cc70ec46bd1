namespace Federation.Health.Suspicion;

/// <summary>
/// How suspicious a silence is, given how renewals used to come in: phi = 8 means that one in 10^8 pauses of such a cadence would be so long.
/// After Hayashibara and others, "The phi accrual failure detector" (2004), with the logistic approximation of the normal tail.
/// </summary>
public static class PhiAccrual
{
    /// <summary>Less scatter than this is not believed: the next pause need not be like the last thousand.</summary>
    public const double LeastDeviation = 0.05;

    /// <summary>The suspicion of a silence.</summary>
    public static double Phi(TimeSpan silence, Cadence cadence)
    {
        double y = (silence.TotalSeconds - cadence.Mean) / Deviation(cadence);
        double x = Tail(y);
        // log10(1 + e^x) and its mirror, without overflow on either side.
        return x >= 0 ? (x / Math.Log(10)) + Math.Log10(1 + Math.Exp(-x)) : Math.Log10(1 + Math.Exp(x));
    }

    /// <summary>The silence at which the suspicion reaches <paramref name="phi"/>.</summary>
    public static TimeSpan SilenceAt(double phi, Cadence cadence)
    {
        double wanted = Math.Log(Math.Pow(10, phi) - 1);
        double low = -40, high = 40;
        for (int i = 0; i < 80; i++)
        {
            double middle = (low + high) / 2;
            if (Tail(middle) < wanted) low = middle;
            else high = middle;
        }
        return TimeSpan.FromSeconds(Math.Max(0, cadence.Mean + (high * Deviation(cadence))));
    }

    private static double Tail(double y) => y * (1.5976 + (0.070566 * y * y));

    private static double Deviation(Cadence cadence) => Math.Max(LeastDeviation, cadence.Deviation);
}
