package definitions

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Directory says which organisations there are, which of them plays which party
// of an item where and since when, and who works in them in which role.
type Directory struct {
	Organisations []Organisation `json:"organisations"`
	Parties       []PartyOrg     `json:"parties"`
	People        []Person       `json:"people"`
}

// Organisation is a legal body.
type Organisation struct {
	Code       string `json:"code"`
	CreditCode string `json:"creditCode"` // 统一社会信用代码, GB 32100
	Name       string `json:"name"`
	NameEN     string `json:"nameEn"`
	Kind       string `json:"kind"` // hall | department | government | enterprise | organisation
	Region     string `json:"region"`
	Parent     string `json:"parent,omitempty"` // code of the organisation above
	Mark       string `json:"mark,omitempty"`   // 机关代字, its word in numbers of letters
}

// PartyOrg says that an organisation plays a party in a region and all below it.
type PartyOrg struct {
	Item   string `json:"item"` // item code, "*" for every item
	Party  string `json:"party"`
	Region string `json:"region"`
	Org    string `json:"org"`
	From   string `json:"from"`            // first day, 2006-01-02
	Until  string `json:"until,omitempty"` // first day it no longer holds; empty: open
}

// Person is somebody with an account.
type Person struct {
	ID    string    `json:"id"` // opaque, never derived from the name or a number of the person
	Login string    `json:"login"`
	Name  string    `json:"name"`
	Roles []OrgRole `json:"roles"`
}

// OrgRole is a role in an organisation.
type OrgRole struct {
	Org  string `json:"org"`
	Role string `json:"role"`
}

// DirectoryError is a mistake in a directory file, at its place, in both
// languages. It never quotes a person's name.
type DirectoryError struct {
	Position definition.Position
	Text     calendar.Text
}

func (e *DirectoryError) Error() string { return e.Position.String() + ": " + e.Text.EN }

// In returns place and sentence in the language asked for.
func (e *DirectoryError) In(lang string) string { return e.Position.String() + ": " + e.Text.In(lang) }

var (
	orgCode  = regexp.MustCompile(`^[a-z][a-z0-9-]{1,49}$`)
	partyID  = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	personID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{2,39}$`)
	loginID  = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,39}$`)
	region   = regexp.MustCompile(`^[0-9]{6,12}$`)
	orgKinds = []string{"hall", "department", "government", "enterprise", "organisation"}
)

// source is a directory file as it is written.
type source struct {
	Directory     string        `yaml:"directory"`
	Organisations yaml.MapSlice `yaml:"organisations"`
	Parties       []struct {
		Item   string `yaml:"item"`
		Party  string `yaml:"party"`
		Org    string `yaml:"org"`
		Region string `yaml:"region"`
		From   string `yaml:"from"`
		Until  string `yaml:"until"`
	} `yaml:"parties"`
	People yaml.MapSlice `yaml:"people"`
}

// directoryVersion is what the first key of a directory file must say.
const directoryVersion = "lianban/v1"

// ReadDirectory reads a directory file strictly: unknown and repeated keys,
// unknown organisations and roles, wrong credit codes, two organisations for one
// party on one day are errors. The error is a *DirectoryError.
func ReadDirectory(name string, src []byte) (*Directory, error) {
	r, err := newDirectoryReader(name, src)
	if err != nil {
		return nil, err
	}
	if r.src.Directory != directoryVersion {
		return nil, r.fail("$.directory", "第一行应为 directory: "+directoryVersion, "the first line must be directory: "+directoryVersion)
	}
	for _, step := range []func() error{r.organisations, r.parents, r.parties, r.people} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &r.out, nil
}

func (r *directoryReader) organisations() error {
	credits := map[string]bool{}
	for _, item := range r.src.Organisations {
		code := fmt.Sprint(item.Key)
		at := "$.organisations." + quoteKey(code)
		var o struct {
			Name   string `yaml:"name"`
			EN     string `yaml:"en"`
			Kind   string `yaml:"kind"`
			Credit string `yaml:"credit"`
			Mark   string `yaml:"mark"`
			Region string `yaml:"region"`
			Parent string `yaml:"parent"`
		}
		if err := r.strict(at, item.Value, &o); err != nil {
			return err
		}
		switch {
		case !orgCode.MatchString(code):
			return r.fail(at, "单位代码只含小写字母、数字和连字符", "the code of an organisation has small letters, digits and hyphens")
		case o.Name == "" || o.EN == "":
			return r.fail(at, "缺少 name 或 en", "name or en is missing")
		case !slices.Contains(orgKinds, o.Kind):
			return r.fail(at+".kind", "kind 应为 "+strings.Join(orgKinds, "、")+" 之一", "kind must be one of "+strings.Join(orgKinds, ", "))
		case !region.MatchString(o.Region):
			return r.fail(at+".region", "region 应为 6 至 12 位数字，加引号", "region must be 6 to 12 digits in quotes")
		case credits[o.Credit]:
			return r.fail(at+".credit", "统一社会信用代码重复", "two organisations have this credit code")
		}
		if text, ok := definition.CheckCreditCode(o.Credit); !ok {
			return r.fail(at+".credit", text.ZH, text.EN)
		}
		credits[o.Credit] = true
		r.out.Organisations = append(r.out.Organisations, Organisation{
			Code: code, CreditCode: o.Credit, Name: o.Name, NameEN: o.EN, Kind: o.Kind, Region: o.Region, Parent: o.Parent, Mark: o.Mark,
		})
	}
	return nil
}

// Organisation finds an organisation by its code, nil when there is none.
func (d *Directory) Organisation(code string) *Organisation {
	for i := range d.Organisations {
		if d.Organisations[i].Code == code {
			return &d.Organisations[i]
		}
	}
	return nil
}

// parents refuses unknown organisations above and circles.
func (r *directoryReader) parents() error {
	for _, o := range r.out.Organisations {
		at := "$.organisations." + quoteKey(o.Code) + ".parent"
		seen := []string{o.Code}
		for p := o.Parent; p != ""; {
			above := r.out.Organisation(p)
			if above == nil {
				return r.fail(at, "没有单位 "+p, "there is no organisation "+p)
			}
			if slices.Contains(seen, p) {
				return r.fail(at, "上级关系成环："+strings.Join(append(seen, p), " → "), "the organisations above form a circle: "+strings.Join(append(seen, p), " → "))
			}
			seen, p = append(seen, p), above.Parent
		}
	}
	return nil
}

func (r *directoryReader) parties() error {
	for i, p := range r.src.Parties {
		at := fmt.Sprintf("$.parties[%d]", i)
		if p.Item == "" {
			p.Item = "*"
		}
		switch {
		case !partyID.MatchString(p.Party):
			return r.fail(at, "缺少 party，或不是参与方标识", "party is missing or is not the id of a party")
		case r.out.Organisation(p.Org) == nil:
			return r.fail(at, "没有单位 "+p.Org, "there is no organisation "+p.Org)
		case !region.MatchString(p.Region):
			return r.fail(at, "region 应为 6 至 12 位数字，加引号", "region must be 6 to 12 digits in quotes")
		}
		if _, err := calendar.ParseDate(p.From); err != nil {
			return r.fail(at, "from 应为日期，如 \"2020-01-01\"", "from must be a date like \"2020-01-01\"")
		}
		if p.Until != "" {
			if _, err := calendar.ParseDate(p.Until); err != nil || p.Until <= p.From {
				return r.fail(at, "until 应为晚于 from 的日期", "until must be a date after from")
			}
		}
		for _, q := range r.out.Parties {
			if q.Item == p.Item && q.Party == p.Party && q.Region == p.Region && (q.Until == "" || p.From < q.Until) && (p.Until == "" || q.From < p.Until) {
				return r.fail(at, "同一天有两个单位承担 "+p.Party, "on some day two organisations play the party "+p.Party)
			}
		}
		r.out.Parties = append(r.out.Parties, PartyOrg{Item: p.Item, Party: p.Party, Region: p.Region, Org: p.Org, From: p.From, Until: p.Until})
	}
	return nil
}

func (r *directoryReader) people() error {
	logins := map[string]bool{}
	for _, item := range r.src.People {
		id := fmt.Sprint(item.Key)
		at := "$.people." + quoteKey(id)
		var p struct {
			Login string        `yaml:"login"`
			Name  string        `yaml:"name"`
			Roles yaml.MapSlice `yaml:"roles"`
		}
		if err := r.strict(at, item.Value, &p); err != nil {
			return err
		}
		switch {
		case !personID.MatchString(id):
			return r.fail(at, "人员标识只含字母、数字、- 和 _", "the id of a person has letters, digits, - and _")
		case !loginID.MatchString(p.Login) || logins[p.Login]:
			return r.fail(at, "登录名写法有误或重复", "the login is badly formed or used twice")
		case strings.TrimSpace(p.Name) == "":
			return r.fail(at, "缺少 name", "name is missing")
		case len(p.Roles) == 0:
			return r.fail(at, "没有任何岗位", "there is no role")
		}
		logins[p.Login] = true
		person := Person{ID: id, Login: p.Login, Name: p.Name}
		for _, o := range p.Roles {
			org := fmt.Sprint(o.Key)
			if r.out.Organisation(org) == nil {
				return r.fail(at+".roles", "没有单位 "+org, "there is no organisation "+org)
			}
			roles, ok := o.Value.([]any)
			if !ok || len(roles) == 0 {
				return r.fail(at+".roles", "岗位应为列表，如 [handle]", "roles must be a list, like [handle]")
			}
			for _, role := range roles {
				role, _ := role.(string)
				if !slices.Contains(definition.Roles, role) {
					return r.fail(at+".roles", "没有这个岗位；可用："+strings.Join(definition.Roles, "、"), "there is no such role; one of "+strings.Join(definition.Roles, ", "))
				}
				person.Roles = append(person.Roles, OrgRole{Org: org, Role: role})
			}
		}
		r.out.People = append(r.out.People, person)
	}
	return nil
}
