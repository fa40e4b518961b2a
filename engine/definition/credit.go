package definition

import (
	"fmt"
	"strings"

	"lianban/engine/calendar"
)

// creditAlphabet has no I, O, S, V and Z. Source: GB 32100-2015.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CheckCreditCode checks a unified social credit code (统一社会信用代码): 18
// characters, the last a check digit with weights 3^i mod 31. Source: GB 32100-2015.
func CheckCreditCode(code string) (calendar.Text, bool) {
	if len(code) != 18 {
		return calendar.Text{
			ZH: fmt.Sprintf("统一社会信用代码应有18位，实际%d位", len(code)),
			EN: fmt.Sprintf("a credit code has 18 characters, not %d", len(code)),
		}, false
	}
	sum, weight := 0, 1
	for i, c := range []byte(code) {
		v := strings.IndexByte(creditAlphabet, c)
		if v < 0 {
			return calendar.Text{
				ZH: fmt.Sprintf("统一社会信用代码第%d位不能是 %q", i+1, c),
				EN: fmt.Sprintf("character %d of a credit code cannot be %q", i+1, c),
			}, false
		}
		if i == 17 {
			if want := creditAlphabet[(31-sum%31)%31]; want != c {
				return calendar.Text{
					ZH: fmt.Sprintf("统一社会信用代码的校验位应为 %c，实际为 %c", want, c),
					EN: fmt.Sprintf("the check digit of the credit code must be %c, not %c", want, c),
				}, false
			}
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return calendar.Text{}, true
}
